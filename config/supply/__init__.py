"""What the product is made of: locks, licences, bill of materials, known vulnerabilities. Tools, never served."""
