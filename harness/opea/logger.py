"""The logger that OPEA's services write with.

Levels and format follow comps/cores/mega/logger.py, GenAIComps 8130a3f; unlike there a name that is used twice
does not write every line twice.
"""

import logging

LEVELS = {"TRAIN": 21, "EVAL": 22, "EXCEPTION": 100}
FORMAT = "[%(asctime)-15s] [%(levelname)8s] - %(name)s - %(message)s"


class CustomLogger:
    """Writes to standard error, with two levels between INFO and WARNING."""

    def __init__(self, name: str | None = None) -> None:
        self.logger = logging.getLogger(name or "GenAIComps")
        for word, level in LEVELS.items():
            logging.addLevelName(level, word)
        if not self.logger.handlers:
            handler = logging.StreamHandler()
            handler.setFormatter(logging.Formatter(FORMAT))
            self.logger.addHandler(handler)
        self.handler = self.logger.handlers[0]
        self.logger.setLevel(logging.INFO)
        self.logger.propagate = False

    def log_message(self, log_level: int, msg: object) -> None:
        """Write a message at any level, a number."""
        self.logger.log(log_level, msg)

    def debug(self, msg: object) -> None:
        """Write at DEBUG, which is not shown unless the level is lowered."""
        self.logger.debug(msg)

    def info(self, msg: object) -> None:
        """Write at INFO."""
        self.logger.info(msg)

    def train(self, msg: object) -> None:
        """Write at TRAIN, between INFO and WARNING."""
        self.logger.log(LEVELS["TRAIN"], msg)

    def eval(self, msg: object) -> None:
        """Write at EVAL, between TRAIN and WARNING."""
        self.logger.log(LEVELS["EVAL"], msg)

    def warning(self, msg: object) -> None:
        """Write at WARNING."""
        self.logger.warning(msg)

    def error(self, msg: object) -> None:
        """Write at ERROR."""
        self.logger.error(msg)

    def critical(self, msg: object) -> None:
        """Write at CRITICAL."""
        self.logger.critical(msg)

    def exception(self, msg: object, *, exc_info: bool = True) -> None:
        """Write at ERROR, with the exception that is being handled."""
        self.logger.error(msg, exc_info=exc_info)

    def close(self) -> None:
        """Close the handlers."""
        for handler in self.logger.handlers:
            handler.close()
