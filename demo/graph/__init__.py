"""Microsoft's login service and Microsoft Graph on this machine, over HTTPS, in their wire format."""
