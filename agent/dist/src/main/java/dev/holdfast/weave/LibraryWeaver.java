package dev.holdfast.weave;

import dev.holdfast.call.ErrorReporter;
import dev.holdfast.instrumentation.ClientInstrumentation;
import dev.holdfast.instrumentation.JoinPoint;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Weaves classes of libraries that applications bring along. A class is one of a library's if the end of its name is
 * that of a class with a join point, and it has the join point's method, with types under the same root package. So
 * copies that were relocated are recognized too. Methods lead to the adapter by {@code invokedynamic}: see
 * {@link LibraryLinker}.
 */
final class LibraryWeaver {
    /** The first version of class files that may have {@code invokedynamic}. */
    private static final int OLDEST = 51;

    private LibraryWeaver() {}

    /**
     * Weaves a class.
     *
     * @param className with slashes
     * @param domain of the class
     * @return the new class file; null: it is of no known library, or left alone
     */
    static byte @Nullable [] weave(
            String className,
            byte[] classfile,
            @Nullable ProtectionDomain domain,
            Adapters adapters,
            ErrorReporter errorReporter) {
        for (ClientInstrumentation client : adapters.clients()) {
            String root = client.rootPackage();
            Relocation relocation = root == null ? null : relocation(client, root, className);
            if (relocation == null) {
                continue;
            }
            List<JoinPoint> points = new ArrayList<>();
            for (JoinPoint point : client.joinPoints()) {
                JoinPoint here = point.relocated(relocation::map);
                if (here.owner().equals(className) && here.isPossible()) {
                    points.add(here);
                }
            }
            boolean old = (((classfile[6] & 0xff) << 8) | (classfile[7] & 0xff)) < OLDEST;
            ClassWeaver woven =
                    old ? null : ClassWeaver.weaveLibrary(classfile, points, client.name(), relocation.to());
            if (woven != null && woven.missing().isEmpty()) {
                return woven.classfile();
            }
            if (!relocation.isMoved()) {
                UnfitCopies.report(
                        errorReporter,
                        client,
                        domain,
                        className.replace('/', '.'),
                        woven == null
                                ? "class files of Java 7 or newer"
                                : "method " + woven.missing().get(0));
            }
        }
        return null;
    }

    /** Returns where the copy is whose class this may be; null: it is none of the library's. */
    private static @Nullable Relocation relocation(ClientInstrumentation client, String root, String className) {
        String longest = "";
        for (JoinPoint point : client.joinPoints()) {
            String end = point.owner().substring(root.length());
            // The end of one class may be the end of another one, too, with a package before it.
            if (className.endsWith(end) && end.length() > longest.length()) {
                longest = end;
            }
        }
        return longest.isEmpty()
                ? null
                : new Relocation(root, className.substring(0, className.length() - longest.length()));
    }
}
