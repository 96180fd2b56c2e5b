"""From what stands to what is published: PRISMA, tables, figures, exports, the page."""
