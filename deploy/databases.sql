-- One database and one login role for each service, so that no service can open another's records.
--
-- `make run` runs exactly these statements. An operator runs them once per service, as a role that may create
-- databases and roles, with a password from the secret store. The password travels in the environment, because
-- everybody on a machine can read a command line (psql 15 or newer):
--
--   name=helpline_case     # and so on for each service: helpline_ and the service's name
--   ROLE_PASSWORD="$(secret $name)" psql "$DATABASE_URL" -v ON_ERROR_STOP=1 \
--        -v role=$name -v database=$name -f deploy/databases.sql
--
-- The embedded bus needs a database of its own, helpline_bus; with Kafka there is none.

\getenv password ROLE_PASSWORD

-- [role]
CREATE ROLE :"role" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
GRANT :"role" TO CURRENT_USER;

-- [password]
ALTER ROLE :"role" PASSWORD :'password';

-- [database]
CREATE DATABASE :"database" OWNER :"role" TEMPLATE template0 ENCODING 'UTF8';

-- [privileges]
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE :"database" TO :"role";

\connect :"database"

-- [schema]
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO :"role";
