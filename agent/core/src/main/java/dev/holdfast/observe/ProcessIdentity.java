package dev.holdfast.observe;

import java.io.File;
import java.time.Instant;

/**
 * Identifies this JVM, for an operator who has many of them. Immutable.
 *
 * <p>Found when it is first asked for, and never by asking a name server: the host's name is what the environment or
 * the kernel says. Of the command line only the main class or the jar is kept, since arguments may hold secrets.
 *
 * @param host the host's name; in a container, the container's
 * @param pid the process
 * @param program the main class with its module, or the file name of the jar
 * @param startedEpochMillis when the process began
 */
public record ProcessIdentity(String host, long pid, String program, long startedEpochMillis) {
    /** Stands where the platform does not tell. */
    static final String UNKNOWN = "unknown";

    private static final File PROC = new File("/proc");

    /** RFC 1035, 2.3.4: no host name is longer. */
    private static final int LONGEST_HOST = 255;

    private static final int LONGEST_PROGRAM = 200;

    /** The main class of {@code java Program.java}; the program is its first argument. */
    private static final String SOURCE_LAUNCHER = "com.sun.tools.javac.launcher.";

    private static final class Current {
        static final ProcessIdentity VALUE = find();
    }

    /** This JVM's. The first call reads the environment, and on Linux two small files of {@code /proc}. */
    public static ProcessIdentity current() {
        return Current.VALUE;
    }

    private static ProcessIdentity find() {
        String host = host(
                variable("HOSTNAME"),
                LinuxProcess.text(new File(PROC, "sys/kernel/hostname")),
                variable("COMPUTERNAME"));
        String program = program(property("sun.java.command"), property("java.class.path"));
        long now = System.currentTimeMillis();
        LinuxProcess linux = LinuxProcess.read(PROC, now);
        if (linux != null) {
            return new ProcessIdentity(host, linux.pid(), program, linux.startedEpochMillis());
        }
        ProcessHandle process = ProcessHandle.current();
        Instant started = process.info().startInstant().orElse(null);
        return new ProcessIdentity(host, process.pid(), program, started == null ? now : started.toEpochMilli());
    }

    private static String variable(String name) {
        try {
            String value = System.getenv(name);
            return value == null ? "" : value;
        } catch (SecurityException e) {
            return "";
        }
    }

    private static String property(String name) {
        try {
            return System.getProperty(name, "");
        } catch (SecurityException e) {
            return "";
        }
    }

    /**
     * The name of the host.
     *
     * @param shell the variable {@code HOSTNAME}, which container platforms set; each of them is empty if it is not
     *     there
     * @param kernel what Linux calls the host
     * @param windows the variable {@code COMPUTERNAME}
     */
    static String host(String shell, String kernel, String windows) {
        for (String name : new String[] {shell, kernel, windows}) {
            String host = name.strip();
            if (isHostName(host)) {
                return host;
            }
        }
        return UNKNOWN;
    }

    /** Returns whether it can be shown in one word anywhere. */
    private static boolean isHostName(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isLetterOrDigit(c) && c != '.' && c != '-' && c != '_') {
                return false;
            }
        }
        return !text.isEmpty() && text.length() <= LONGEST_HOST;
    }

    /**
     * The program: the first word of the command, or all of the jar's path where that contains blanks.
     *
     * @param command the property {@code sun.java.command}: main class or jar, and arguments
     * @param jar the class path, which with {@code -jar} is the jar
     */
    public static String program(String command, String jar) {
        boolean ofJar = !jar.isEmpty() && (command.equals(jar) || command.startsWith(jar + ' '));
        String program = ofJar ? jar : word(command);
        if (program.contains(SOURCE_LAUNCHER)) {
            program = word(command.substring(program.length()).stripLeading());
            ofJar = true;
        }
        if (ofJar || program.endsWith(".jar") || program.endsWith(".war")) {
            program = program.substring(Math.max(program.lastIndexOf('/'), program.lastIndexOf('\\')) + 1);
        }
        return program.isEmpty() ? UNKNOWN : printable(program);
    }

    private static String word(String text) {
        int blank = text.indexOf(' ');
        return blank < 0 ? text : text.substring(0, blank);
    }

    private static String printable(String text) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < Math.min(text.length(), LONGEST_PROGRAM); i++) {
            char c = text.charAt(i);
            shown.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '?' : c);
        }
        return shown.toString();
    }

    /** Returns the start time of the process in RFC 3339, with whole seconds. */
    public String started() {
        StringBuilder text = new StringBuilder();
        LogTime.appendSeconds(startedEpochMillis, text);
        return text.toString();
    }

    /** Returns a text for people: {@code shop.jar, PID 4711 on web-7, started 2026-11-30T03:35:21Z}. */
    @Override
    public String toString() {
        return program + ", PID " + pid + " on " + host + ", started " + started();
    }
}
