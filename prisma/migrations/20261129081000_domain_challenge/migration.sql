-- What an organization puts into the DNS to show that a domain is its own.
ALTER TABLE domains ADD COLUMN challenge text NOT NULL DEFAULT replace(gen_random_uuid()::text, '-', '');
