package dev.holdfast.config;

/**
 * A table of the configuration file.
 *
 * @param path its path, empty for the top of the file
 * @param perHost whether it stands below {@code hosts."PATTERN"} too
 * @param active false: known and validated, but the part that it configures is not built yet
 * @param meaning one line for the reader of the reference
 */
record Section(String path, boolean perHost, boolean active, String meaning) {}
