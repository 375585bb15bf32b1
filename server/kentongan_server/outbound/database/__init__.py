"""Where everything is kept: SQLite by default, any SQLAlchemy database beyond one machine."""
