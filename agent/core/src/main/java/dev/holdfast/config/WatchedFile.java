package dev.holdfast.config;

import org.jspecify.annotations.Nullable;

/**
 * A configuration file that may change under a running program. It is read and compared with what it was, rather than
 * asked for its times: so it does not matter whether an editor wrote into it, renamed another over it, or a link on the
 * way to it was led elsewhere (as Kubernetes does with a ConfigMap), nor how coarse the file system's clock is. A
 * change counts once two looks in a row have found the same, so that a file that is being written is left alone. One
 * that is empty is most likely about to be written, as whoever opens it to write makes it so: that has to last for
 * longer.
 *
 * <p>Not thread-safe: one thread looks.
 */
public final class WatchedFile {
    private static final long EMPTY_NANOS = 3_000_000_000L;

    /** A text that no file has: it would not be UTF-8. */
    private static final String FORGOTTEN = "\uDC01";

    private final String path;
    private String known;
    private @Nullable String pending;
    private long pendingSince;

    /**
     * A file that was read a moment ago.
     *
     * @param path as the user named it
     * @param text what was read
     */
    public WatchedFile(String path, String text) {
        this.path = path;
        this.known = withFiles(text);
    }

    /**
     * A file that was not read yet.
     *
     * @param path as the user named it
     */
    public WatchedFile(String path) {
        this(path, FORGOTTEN);
    }

    /** The path, as the user named it. */
    public String path() {
        return path;
    }

    /**
     * Reads the file as it is now, whether or not it has changed.
     *
     * @throws ConfigException it is bad; {@link #look} says so again only when it has changed
     */
    public Configuration read() throws ConfigException {
        pending = null;
        String text;
        try {
            text = FileReader.read(path);
            known = withFiles(text);
        } catch (ConfigException e) {
            known = unreadable(e);
            throw e;
        }
        return ConfigLoader.ofFile(text, path);
    }

    /**
     * Looks at the file.
     *
     * @return the new configuration, null while nothing has changed
     * @throws ConfigException it has changed and is bad: said once for each change
     */
    public @Nullable Configuration look() throws ConfigException {
        return look(System.nanoTime());
    }

    /** Takes the file for changed, so that the next looks read it again: the last change could not be put in force. */
    public void forget() {
        known = FORGOTTEN;
        pending = null;
    }

    /** {@link #look()} at a time of {@code System.nanoTime}. */
    @Nullable
    Configuration look(long now) throws ConfigException {
        String found;
        String text = "";
        ConfigException unreadable = null;
        try {
            text = FileReader.read(path);
            found = withFiles(text);
        } catch (ConfigException e) {
            found = unreadable(e);
            unreadable = e;
        }
        if (found.equals(known)) {
            pending = null;
            return null;
        }
        if (!found.equals(pending)) {
            pending = found;
            pendingSince = now;
            return null;
        }
        if (text.isBlank() && unreadable == null && now - pendingSince < EMPTY_NANOS) {
            return null;
        }
        known = found;
        pending = null;
        if (unreadable != null) {
            throw unreadable;
        }
        return ConfigLoader.ofFile(text, path);
    }

    /** A text, and what the files hold whose values it takes: a change of one of them is a change of the whole. */
    private String withFiles(String text) {
        return ExternalFiles.mayBeNamedIn(text) ? text + ExternalFiles.state(text, path) : text;
    }

    /** Stands for the text of a file that cannot be read; no text begins like this: it would not be UTF-8. */
    private static String unreadable(ConfigException why) {
        return "\uDC00" + why.getMessage();
    }
}
