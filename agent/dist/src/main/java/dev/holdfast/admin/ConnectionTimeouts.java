package dev.holdfast.admin;

import java.time.Duration;

/**
 * The time limits of a connection. Each limits a whole phase, not each byte of it: who sends one byte now and then
 * gains nothing.
 *
 * @param begin until the first byte of a request
 * @param complete from there to the end of its head
 * @param read until the answer was taken
 * @param close until the peer has closed a connection that is done with
 */
record ConnectionTimeouts(Duration begin, Duration complete, Duration read, Duration close) {
    /** Longer between requests than most scrapers pause; a big answer has to pass a slow tunnel. */
    static final ConnectionTimeouts STANDARD = new ConnectionTimeouts(
            Duration.ofSeconds(75), Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofSeconds(2));
}
