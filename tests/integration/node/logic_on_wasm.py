"""The node's and the contract's logic tests on 32 bits, started by run_on_wasm.mjs."""

import binascii
import os

import run_portably
import wasm_host

os.urandom = lambda size: binascii.unhexlify(wasm_host.random(size))  # a browser has it, os does not
run_portably.main("/lib", ("test_bench.py",))  # it runs a loop of its own, which a browser does not let it
