"""The report as PDF: tables, figures and what is written around them, on A4 (tagged, PDF/UA-1). Pure."""
