-- Each look-up by an identifier would read what is pending from end to end; a login rarely adds to the index.
ALTER INDEX "identities_identifiers_idx" SET (fastupdate = off);
SELECT gin_clean_pending_list('identities_identifiers_idx');
