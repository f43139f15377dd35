-- In which language and by which clock somebody reads. language and time_zone are the owner's choice, NULL what the browser says;
-- first_language is the one in which the account was made. Tags (BCP 47) and names (IANA), of which this version may know fewer.
ALTER TABLE accounts ADD COLUMN language TEXT;
ALTER TABLE accounts ADD COLUMN first_language TEXT;
ALTER TABLE accounts ADD COLUMN time_zone TEXT;
