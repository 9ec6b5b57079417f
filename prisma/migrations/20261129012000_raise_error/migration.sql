-- A plain SQL statement cannot raise an error with a code of its own: this does it for one.
CREATE FUNCTION raise_error(code text, message text) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = code, MESSAGE = message;
END
$$;
