"""``python -m declarative_mail``: the same as ``dmail``."""

from declarative_mail.cli.main import main

if __name__ == "__main__":
    main()
