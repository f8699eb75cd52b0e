package dev.holdfast.noop;

/** A logger that says nothing. It has the methods that protobuf calls; a test holds that. */
public final class Logger {
    private static final Logger MUTE = new Logger();

    private Logger() {}

    /** The same for every name. */
    public static Logger getLogger(String name) {
        return MUTE;
    }

    /** Says nothing. */
    public void warning(String message) {}

    /** Says nothing. */
    public void log(Level level, String message) {}
}
