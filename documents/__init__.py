"""Files that leave the house: receipts, invoices, exports. Contract values in, bytes out."""
