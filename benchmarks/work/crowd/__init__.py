"""An app of very many models: see `pressure.py`."""
