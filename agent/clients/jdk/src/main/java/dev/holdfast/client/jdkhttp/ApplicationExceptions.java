package dev.holdfast.client.jdkhttp;

import javax.net.ssl.SSLException;

/**
 * Tells what the application's own code threw within an exchange (its body publisher, body handler, proxy selector)
 * from what the client met on its way to the origin. The former is no verdict about the origin: counted as one, a few
 * uploads whose source fails would shut a healthy origin for everybody.
 *
 * <p>By who made the first exception of the chain, since the client passes both on in the same wrappers. What cannot be
 * told, for want of a stack trace, is taken for the client's.
 */
final class ApplicationExceptions {
    private static final int DEEPEST = 16;

    private ApplicationExceptions() {}

    /** Returns whether the application's own code made it. */
    static boolean isOne(Throwable thrown) {
        Throwable root = thrown;
        for (int i = 0; i < DEEPEST; i++) {
            if (root instanceof SSLException) {
                return false; // a trust manager or a TLS provider of the application's own judges the origin
            }
            Throwable cause = root.getCause();
            if (cause == null) {
                break;
            }
            root = cause;
        }
        for (StackTraceElement at : root.getStackTrace()) {
            String maker = at.getClassName();
            if (!maker.startsWith("java.")) {
                return !isOfThePlatform(maker) || maker.equals(MissingSubscriber.class.getName());
            }
        }
        return false;
    }

    private static boolean isOfThePlatform(String name) {
        return name.startsWith("jdk.")
                || name.startsWith("sun.")
                || name.startsWith("com.sun.")
                || name.startsWith("javax.")
                || name.startsWith("dev.holdfast.");
    }
}
