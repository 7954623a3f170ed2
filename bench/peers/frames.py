"""Bars as pandas frames, for the programs that have pandas."""

import pandas as pd


def frames(path, issues):
    """(symbol, bars by date) of the first `issues` issues of a file, of all for None."""
    table = pd.read_csv(path, dtype={"symbol": "category"}, index_col=1)
    grouped = table.groupby("symbol", observed=True, sort=False)
    for number, (symbol, bars) in enumerate(grouped):
        if issues is not None and number >= issues:
            return
        yield symbol, bars
