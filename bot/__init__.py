"""The app: turns, handlers, announcements, delivery."""
