"""When mailings began, for apps that keep their ids."""

# Columns mailing_id and began_at. Nobody is sent a mail before its mailing exists.
MAILING_TIMES = "SELECT id AS mailing_id, created_at AS began_at FROM deliverability_mailing"
