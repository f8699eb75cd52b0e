package dev.holdfast.config;

/**
 * A place in a file.
 *
 * @param line from 1
 * @param column from 1
 */
record Position(int line, int column) {
    /** The beginning of the file. */
    static final Position START = new Position(1, 1);
}
