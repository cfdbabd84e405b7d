"""Prints a `.env` for trying the product on one's own machine. Used by `make demo`; never for production."""

import secrets

print(f"""DEBUG=1
SECRET_KEY={secrets.token_urlsafe(50)}
ALLOWED_HOSTS=127.0.0.1,localhost
SHOW_DEMO_STRIP=1
DEMO_PASSWORD={secrets.token_urlsafe(9)}""")
