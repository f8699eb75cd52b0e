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
 * {@link LibraryLinker}. Class files that are too old for that hold a call that names the class, and have join points
 * at the heads of methods, and before and behind calls, alone.
 */
final class LibraryWeaver {
    /** The first version of class files that may have the class itself as a constant: that of Java 5. */
    private static final int OLDEST = 49;

    /** The first version of class files that may have {@code invokedynamic}: that of Java 7. */
    private static final int WITH_LINKED_CALLS = 51;

    /** The difference between such a version and that of Java. */
    private static final int JAVA_0 = 44;

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
            Relocation relocation = root == null ? null : Relocation.of(client, root, className);
            if (relocation == null || adapters.isOff(client)) {
                continue;
            }
            List<JoinPoint> points = new ArrayList<>();
            for (JoinPoint point : client.joinPoints()) {
                JoinPoint here = relocation.isMoved() ? point.relocated(relocation::map) : point;
                if (here.owner().equals(className) && here.isPossible()) {
                    points.add(here);
                }
            }
            int needed = needed(points);
            boolean old = (((classfile[6] & 0xff) << 8) | (classfile[7] & 0xff)) < needed;
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
                                ? "class files of Java " + (needed - JAVA_0) + " or newer"
                                : "method " + woven.missing().get(0));
            }
        }
        return null;
    }

    /** The oldest version of class files that can have these join points. */
    private static int needed(List<JoinPoint> points) {
        for (JoinPoint point : points) {
            boolean watches = point.kind() == JoinPoint.Kind.BEFORE || point.kind() == JoinPoint.Kind.AFTER;
            if (point.kind() != JoinPoint.Kind.ENTER
                    && !(watches && point.operands().isEmpty())) {
                return WITH_LINKED_CALLS;
            }
        }
        return OLDEST;
    }
}
