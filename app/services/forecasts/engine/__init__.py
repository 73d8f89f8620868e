"""How forecasts are made, as arithmetic over arrays: no store, no clock. Loaded by the forecasting process alone."""
