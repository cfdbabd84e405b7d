"""The open data as JSON for programs: read-only, described by /api/v1/openapi.json."""
