"""The method of the trust audit: the checklist, the score, the comparison of two audits."""
