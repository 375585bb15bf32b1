"""The city's broker: who may log in, what Mosquitto is told, and a broker process to start and stop."""

from kentongan_broker.config import render as render
from kentongan_broker.enrolment import Enrolment as Enrolment
from kentongan_broker.enrolment import enrol as enrol
from kentongan_broker.enrolment import new_password as new_password
from kentongan_broker.errors import BrokerError as BrokerError
from kentongan_broker.errors import PortBusyError as PortBusyError
from kentongan_broker.process import Broker as Broker
from kentongan_broker.process import start as start
