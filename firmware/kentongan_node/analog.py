"""Millivolts at the ADC, generated from hardware/pinmap/facts/analog.toml; do not edit.

python hardware/pinmap/generate.py
"""

# a supervised loop, by rising voltage: shorted, contact closed, normal, cut
LOOP_SHORT_BELOW_MV = 550
LOOP_CLOSED_BELOW_MV = 1340
LOOP_NORMAL_BELOW_MV = 2300

# battery and mains sense: what the ADC reads, times the first, divided by the second
DIVIDER_TIMES = 118000
DIVIDER_BY = 18000

# siren sense: millivolts at the ADC for each ampere
SIREN_MV_PER_A = 1100
SIREN_SOUNDING_ABOVE_MV = 99
