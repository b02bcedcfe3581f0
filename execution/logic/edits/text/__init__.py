"""What the texts are: lines, snippets, explanations, markers, outlines, and how they are stored."""
