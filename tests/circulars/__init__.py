"""Five circulars again: provinces in the state that five real circulars describe, patrolled, checked and printed."""
