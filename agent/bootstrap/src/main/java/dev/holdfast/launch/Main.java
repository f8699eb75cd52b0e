package dev.holdfast.launch;

import java.io.File;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import org.jspecify.annotations.Nullable;

/**
 * The command line: {@code java -jar holdfast-agent.jar ...}. Finds the isolated loader and hands over; what there is
 * to say and to do is {@code dev.holdfast.cli}'s. A class file of Java 8, so that an older Java can be told that it is
 * one.
 */
public final class Main {
    private static final String CLI = "dev.holdfast.cli.Cli";

    /** The exit status for a command that is not possible here, as {@code Cli} documents it. */
    private static final int NOT_POSSIBLE = 3;

    private Main() {}

    /**
     * Runs one command, and exits with its status.
     *
     * @param arguments the command
     */
    public static void main(String[] arguments) throws Exception {
        int status = run(arguments, System.getProperty("java.specification.version"), System.out, System.err);
        System.out.flush();
        if (status != 0) {
            System.exit(status);
        }
    }

    /** {@link #main} without the exit. */
    static int run(String[] arguments, @Nullable String javaVersion, PrintStream out, PrintStream err)
            throws Exception {
        if (Exclusions.tooOld(javaVersion) != null) {
            err.println("holdfast: needs Java 17 or newer, and this is Java " + javaVersion);
            return NOT_POSSIBLE;
        }
        File jar = new File(
                Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        // The system loader, which has the JDK's own tools: the attach API is among them.
        ClassLoader loader = jar.isFile()
                ? new IsolatedLoader(ClassLoader.getSystemClassLoader(), jar, Main.class.getProtectionDomain())
                : Main.class.getClassLoader();
        try {
            return (Integer) loader.loadClass(CLI)
                    .getMethod("run", String[].class, File.class, String.class, PrintStream.class, PrintStream.class)
                    .invoke(null, arguments, jar, version(), out, err);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof Exception ? (Exception) e.getCause() : e;
        }
    }

    private static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "(not run from its jar)" : version;
    }
}
