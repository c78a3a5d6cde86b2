"""The component: main.py talks to the host, handler.py decides."""
