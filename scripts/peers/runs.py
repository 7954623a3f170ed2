"""Which indicators are compared with which parameters: the defaults of the specification, and one set more or two."""

import json
import sys
from pathlib import Path

P = "period"
# id: parameters, the defaults first. Where the official tools mean another value, both modes are compared.
RUNS = {
    "sma": [{P: 20}, {P: 7}, {P: 120}],
    "ema": [{P: 20}, {P: 3}, {P: 120}],
    "dema": [{P: 20}, {P: 5}],
    "tema": [{P: 20}, {P: 5}],
    "hma": [{P: 20}, {P: 9}, {P: 2}],
    "kama": [{P: 10}, {P: 3}],
    "alma": [{P: 9, "sigma": 6, "offset": 0.85}, {P: 30, "sigma": 4, "offset": 0.5}],
    "lwma": [{P: 20}, {P: 7}],
    "trima": [{P: 20}, {P: 15}],
    "t3": [{P: 10, "volume_factor": 0.7}, {P: 4, "volume_factor": 0.3}],
    "zlema": [{P: 20}, {P: 9}],
    "wma": [{P: 14}, {P: 30}],
    "frama": [{P: 16}, {P: 6}],
    "vidya": [{P: 14}, {P: 5}],
    "rsi": [{P: 14}, {P: 2}],
    "stochastic": [{"k_period": 14, "d_period": 3}, {"k_period": 5, "d_period": 1}],
    "stochrsi": [
        {"rsi_period": 14, "stoch_period": 14, "k_period": 3, "d_period": 3},
        {"rsi_period": 7, "stoch_period": 5, "k_period": 2, "d_period": 4},
        {"rsi_period": 2, "stoch_period": 3, "k_period": 9, "d_period": 9},
    ],
    "macd": [{"fast": 12, "slow": 26, "signal": 9}, {"fast": 3, "slow": 10, "signal": 16}],
    "cci": [{P: 20}, {P: 5}],
    "williams_r": [{P: 14}, {P: 5}],
    "momentum": [{P: 10}, {P: 1}],
    "roc": [{P: 10}, {P: 60}],
    "apo": [{"fast": 12, "slow": 26}, {"fast": 2, "slow": 5}],
    "ppo": [{"fast": 12, "slow": 26}, {"fast": 2, "slow": 5}],
    "aroon": [{"up_period": 25, "down_period": 25}, {"up_period": 5, "down_period": 9}],
    "cmo": [{P: 14}, {P: 5}],
    "ao": [{"fast": 5, "slow": 34}, {"fast": 12, "slow": 7}],
    "cho": [{"fast": 3, "slow": 10}, {"fast": 6, "slow": 20}],
    "ultosc": [{"period1": 7, "period2": 14, "period3": 28}, {"period1": 9, "period2": 3, "period3": 5}],
    "trix": [{P: 15}, {P: 4}],
    "tsi": [
        {"long_period": 25, "short_period": 13, "signal_period": 7},
        {"long_period": 10, "short_period": 5, "signal_period": 3},
    ],
    "rvi": [{P: 10}, {P: 4}],
    "dpo": [{P: 20}, {P: 7}],
    "kvo": [{"fast": 34, "slow": 55, "signal": 13}, {"fast": 3, "slow": 5, "signal": 9}],
    "adx": [{P: 14}, {P: 5}],
    "adxr": [{P: 14}, {P: 5}],
    "ichimoku": [{"tenkan": 9, "kijun": 26, "senkou_b": 52}, {"tenkan": 7, "kijun": 40, "senkou_b": 20}],
    "sar": [
        {"af_start": 0.02, "af_step": 0.02, "af_max": 0.2},
        {"af_start": 0.05, "af_step": 0.01, "af_max": 0.3},
    ],
    "vortex": [{P: 14}, {P: 5}],
    "chop": [{P: 14}, {P: 5}],
    "kst": [{"roc1": 10, "roc2": 15, "roc3": 20, "roc4": 30}, {"roc1": 5, "roc2": 8, "roc3": 12, "roc4": 18}],
    "coppock": [
        {"short_roc": 11, "long_roc": 14, "wma": 10},
        {"short_roc": 4, "long_roc": 9, "wma": 5},
    ],
    "supertrend": [{P: 10, "multiplier": 3}, {P: 3, "multiplier": 1.5}],
    "mass_index": [{"ema_period": 9, "sum_period": 25}, {"ema_period": 4, "sum_period": 10}],
    "schaff": [{"cycle": 10, "fast": 23, "slow": 50}, {"cycle": 5, "fast": 8, "slow": 20}],
    "fisher": [{P: 10}, {P: 5}],
    "obv": [{}],
    "ad": [{}],
    "adl": [{}],
    "cmf": [{P: 20}, {P: 5}],
    "mfi": [{P: 14}, {P: 5}],
    "force": [{P: 13}, {P: 4}],
    "vwap": [{P: 14}, {P: 5}],
    "vwma": [{P: 20}, {P: 5}],
    "eom": [{P: 14, "scale": 10_000}, {P: 5, "scale": 100}],
    "atr": [{P: 14}, {P: 5}],
    "natr": [{P: 14}, {P: 5}],
    "bollinger": [{P: 20, "std": 2}, {P: 5, "std": 1.5}],
    "keltner": [{P: 20, "multiplier": 2}, {P: 5, "multiplier": 1.5}],
    "donchian": [{P: 20}, {P: 5}],
    "std": [{P: 20}, {P: 5}],
    "variance": [{P: 20}, {P: 5}],
    "accbands": [{P: 20, "width": 4}, {P: 5, "width": 2}],
    "beta": [{P: 252}, {P: 20}],
    "alpha": [{P: 252}, {P: 60}],
    "volatility_ind": [{P: 10}, {P: 30}],
    "maximum": [{P: 20}, {P: 5}],
    "minimum": [{P: 20}, {P: 250}],
    "midpoint": [{P: 14}, {P: 5}],
    "midprice": [{P: 14}, {P: 5}],
    "logr": [{P: 1}, {P: 5}],
    "ibs": [{}],
    "bop": [{}],
    "regression": [{P: 14}, {P: 50}],
    "pivot": [{"left_bars": 5, "right_bars": 5}, {"left_bars": 2, "right_bars": 7}],
    "augen": [{P: 3}, {P: 20}],
    "consecutive": [{"direction": "up"}, {"direction": "down"}],
    "disparity": [{P: 20}, {P: 60}],
    "change": [{}],
    "returns": [{P: 60}, {P: 5}],
}

# Ids whose official values differ on purpose.
TWO_MEANINGS = {"ppo", "kst", "returns"}


def runs():
    """Every run: id, parameters, mode, and whether the parameters are the defaults."""
    for name, sets in RUNS.items():
        for mode in ("exodus", "official"):
            if mode == "exodus" or name in TWO_MEANINGS:
                for place, parameters in enumerate(sets):
                    yield name, parameters, mode, place == 0


def main():
    # The program takes its own defaults, so that these are compared too.
    asked = [
        {"id": name, "parameters": {} if is_default else parameters, "mode": mode}
        for name, parameters, mode, is_default in runs()
    ]
    Path(sys.argv[1]).write_text(json.dumps(asked))


if __name__ == "__main__":
    main()
