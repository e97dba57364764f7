"""From what queries answer to what pages show. Pure: no request, no database, no templates."""
