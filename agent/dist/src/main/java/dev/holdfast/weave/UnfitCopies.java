package dev.holdfast.weave;

import dev.holdfast.call.ErrorReporter;
import dev.holdfast.instrumentation.ClientInstrumentation;
import java.net.URL;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells the user, once for each, of the copies of libraries that are left alone. Thread-safe. */
final class UnfitCopies {
    /** An application that is deployed again and again must not fill the memory with what was said. */
    private static final int MOST = 100;

    private static final Set<String> SAID = new HashSet<>();

    private UnfitCopies() {}

    /**
     * Reports a copy.
     *
     * @param domain of one of its classes
     * @param className the class
     * @param missing what it lacks
     */
    static void report(
            ErrorReporter errorReporter,
            ClientInstrumentation instrumentation,
            @Nullable ProtectionDomain domain,
            String className,
            String missing) {
        String report = instrumentation.name() + " in " + location(domain, className) + " lacks " + missing
                + ": its calls run without policies (supported: " + instrumentation.versions() + ")";
        synchronized (SAID) {
            if (SAID.size() >= MOST || !SAID.add(report)) {
                return;
            }
        }
        errorReporter.report(report, null);
    }

    /** The jar or directory that a class is from, or else the class. */
    private static String location(@Nullable ProtectionDomain domain, String className) {
        CodeSource source = domain == null ? null : domain.getCodeSource();
        URL location = source == null ? null : source.getLocation();
        if (location == null) {
            return "the class loader of " + className;
        }
        String path = location.getPath();
        // A jar that was loaded over a network may have been asked for with a password.
        return location.getProtocol().equals("file") ? path : path.substring(path.indexOf('@') + 1);
    }
}
