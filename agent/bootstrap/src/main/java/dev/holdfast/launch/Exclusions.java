package dev.holdfast.launch;

import org.jspecify.annotations.Nullable;

/** The JVMs in which the agent does nothing, decided before anything of it is loaded. */
final class Exclusions {
    private static final int OLDEST_JAVA = 17;
    private static final int FIRST_WITHOUT_SECURITY_MANAGER = 24;

    /** Found out before the program begins: in the middle of it, even this property may be forbidden. */
    private static final boolean MAY_HAVE_SECURITY_MANAGER =
            leadingNumber(System.getProperty("java.specification.version", "")) < FIRST_WITHOUT_SECURITY_MANAGER;

    private Exclusions() {}

    /**
     * Returns whether this Java is too old.
     *
     * @param specification the property {@code java.specification.version}: "1.8", "11", "17"
     * @return what to tell the user, or null: new enough
     */
    static @Nullable String tooOld(@Nullable String specification) {
        String version = specification == null ? "" : specification;
        int number = version.startsWith("1.") ? 8 : leadingNumber(version);
        return number >= OLDEST_JAVA
                ? null
                : "needs Java " + OLDEST_JAVA + " or newer and this is Java " + version
                        + "; Holdfast is inactive and the program runs unmodified";
    }

    /**
     * Returns whether a security manager is in force. Java 24 has none, and later ones may not even know the question.
     */
    static boolean securityManager() {
        return MAY_HAVE_SECURITY_MANAGER && System.getSecurityManager() != null;
    }

    private static int leadingNumber(String text) {
        int number = 0;
        for (int i = 0; i < text.length() && i < 4 && text.charAt(i) >= '0' && text.charAt(i) <= '9'; i++) {
            number = 10 * number + text.charAt(i) - '0';
        }
        return number;
    }

    /**
     * Returns whether this JVM runs one of the JDK's own tools ({@code javac}, {@code jcmd}, {@code keytool}, ...),
     * which take up agents from {@code JAVA_TOOL_OPTIONS} and whose output scripts read. The launcher of single source
     * files ({@code java Program.java}) runs a user's program and is none.
     *
     * @param mainModule the property {@code jdk.module.main}, set when the main class was named by its module
     * @param command the property {@code sun.java.command}: main class or jar, and arguments
     */
    static boolean jdkTool(@Nullable String mainModule, @Nullable String command) {
        String program = command == null ? "" : command;
        int blank = program.indexOf(' ');
        if (blank >= 0) {
            program = program.substring(0, blank);
        }
        if (program.contains("com.sun.tools.javac.launcher.")) {
            return false;
        }
        if (mainModule != null && (mainModule.startsWith("jdk.") || mainModule.startsWith("java."))) {
            return true;
        }
        return program.startsWith("com.sun.tools.")
                || program.startsWith("sun.tools.")
                || program.startsWith("sun.security.tools.")
                || program.startsWith("jdk.internal.");
    }

    /**
     * The watch of an agent that is in this JVM already, from whatever jar or loader; null if there is none. A system
     * property would do, but the application could see it.
     */
    static @Nullable Class<?> loadedWatch(Class<?>[] loaded) {
        for (Class<?> type : loaded) {
            // First a look at the loader: asking hundreds of the JDK's classes for their names is slower.
            if (type.getClassLoader() != null && type.getName().equals("dev.holdfast.launch.AgentTransformer")) {
                return type;
            }
        }
        return null;
    }
}
