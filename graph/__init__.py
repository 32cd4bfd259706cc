"""The only place that knows msal and Microsoft Graph."""
