"""Files that describe the city, as people have them: CSV and GeoJSON, read leniently row by row and judged strictly."""
