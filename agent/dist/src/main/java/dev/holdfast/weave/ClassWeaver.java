package dev.holdfast.weave;

import dev.holdfast.call.ErrorReporter;
import dev.holdfast.instrumentation.ClientInstrumentation;
import dev.holdfast.instrumentation.JoinPoint;
import java.util.ArrayList;
import java.util.List;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.FieldVisitor;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.jspecify.annotations.Nullable;

/**
 * Weaves one class with Byte Buddy's own ASM, its lowest layer: 25 classes to load instead of the 700 to 1,077 of its
 * higher ones, and in a program's first HTTP call that is most of what an agent costs.
 *
 * <p>Stack map frames are kept as they are and the one that the prologue needs is written by hand, so that nothing has
 * to be computed, which would load the classes that a method speaks of, in the middle of loading one.
 */
final class ClassWeaver extends ClassVisitor {
    /** The part of a class file's version that says which Java it is of. */
    private static final int MAJOR = 0xffff;

    private final int client;
    private final @Nullable String library;
    private final String root;
    private final List<JoinPoint> points;
    private final ClassWriter writer;
    private final List<JoinPoint> missing = new ArrayList<>();
    private final List<String> fields = new ArrayList<>();
    private boolean woven;
    private int version;

    private ClassWeaver(int client, @Nullable String library, String root, List<JoinPoint> points, ClassWriter writer) {
        super(Opcodes.ASM9, writer);
        this.writer = writer;
        this.client = client;
        this.library = library;
        this.root = root;
        this.points = points;
        for (JoinPoint point : points) {
            if (point.isExpected()) {
                missing.add(point);
            }
        }
    }

    /**
     * Weaves all join points of a class of the JDK.
     *
     * @param className with slashes
     * @param classfile as the JDK has it
     * @param adapters has the list of clients, one of which the class may belong to
     * @return the new class file, or null where no join point was found
     */
    static byte @Nullable [] weave(String className, byte[] classfile, Adapters adapters, ErrorReporter errorReporter) {
        List<ClientInstrumentation> clients = adapters.clients();
        for (int client = 0; client < clients.size(); client++) {
            List<JoinPoint> points = new ArrayList<>();
            for (JoinPoint point : clients.get(client).joinPoints()) {
                if (point.owner().equals(className) && point.isPossible() && isWoven(clients.get(client), adapters)) {
                    points.add(point);
                }
            }
            if (!points.isEmpty()) {
                ClassWeaver weaver = weave(classfile, points, client, null, "");
                if (!weaver.missing.isEmpty()) {
                    errorReporter.report(
                            "this JDK has no " + weaver.missing + " in " + className
                                    + "; such calls run without policies",
                            null);
                }
                return weaver.classfile();
            }
        }
        return null;
    }

    private static boolean isWoven(ClientInstrumentation client, Adapters adapters) {
        return client.rootPackage() == null && !adapters.isOff(client);
    }

    /**
     * Weaves all join points of a class of a library.
     *
     * @param points those of the class
     * @param library the client's name
     * @param root the root package of the copy
     */
    static ClassWeaver weaveLibrary(byte[] classfile, List<JoinPoint> points, String library, String root) {
        return weave(classfile, points, 0, library, root);
    }

    private static ClassWeaver weave(
            byte[] classfile, List<JoinPoint> points, int client, @Nullable String library, String root) {
        ClassReader reader = new ClassReader(classfile);
        // Given the reader, the writer copies all methods that are not touched as they are.
        ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        ClassWeaver weaver = new ClassWeaver(client, library, root, points, writer);
        reader.accept(weaver, 0);
        return weaver;
    }

    /** The new class file; null: no join point was found. */
    byte @Nullable [] classfile() {
        return woven ? writer.toByteArray() : null;
    }

    /** The join points that the class should have and has not. */
    List<JoinPoint> missing() {
        return missing;
    }

    @Override
    public void visit(
            int classVersion,
            int access,
            String name,
            @Nullable String signature,
            @Nullable String superName,
            String @Nullable [] interfaces) {
        version = classVersion & MAJOR;
        super.visit(classVersion, access, name, signature, superName, interfaces);
    }

    @Override
    public @Nullable FieldVisitor visitField(
            int access, String name, String descriptor, @Nullable String signature, @Nullable Object value) {
        fields.add(name + descriptor);
        return super.visitField(access, name, descriptor, signature, value);
    }

    @Override
    public @Nullable MethodVisitor visitMethod(
            int access, String name, String descriptor, @Nullable String signature, String @Nullable [] exceptions) {
        MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
        if (next == null || (access & (Opcodes.ACC_ABSTRACT | Opcodes.ACC_NATIVE)) != 0) {
            return next;
        }
        MethodVisitor all = next;
        for (JoinPoint point : points) {
            if (isIn(point, access, name, descriptor)) {
                all = new WovenMethod(this, all, point, descriptor, (access & Opcodes.ACC_STATIC) != 0);
            }
        }
        return all;
    }

    private boolean isIn(JoinPoint point, int access, String name, String descriptor) {
        String method = point.method();
        if (method != null && !(method.equals(name) && descriptor.equals(point.descriptor()))) {
            return false;
        }
        for (JoinPoint.Access operand : point.operands()) {
            if (operand.isField() && !fields.contains(operand.name() + operand.descriptor())) {
                return false;
            }
        }
        return point.kind() == JoinPoint.Kind.CALL_RESULT
                || point.kind() == JoinPoint.Kind.UNLESS
                || (access & Opcodes.ACC_STATIC) == 0;
    }

    /** A join point was found. */
    void found(JoinPoint point) {
        missing.remove(point);
        woven = true;
    }

    /** Returns whether methods have stack map frames: not in the class files of Java 5. */
    boolean hasFrames() {
        return version >= Opcodes.V1_6;
    }

    /** Returns whether the class file can have no {@code invokedynamic}. */
    boolean isOld() {
        return version < Opcodes.V1_7;
    }

    /** The client's place in the list. */
    int client() {
        return client;
    }

    /** The name of the library's declaration; null: the class is of the JDK. */
    @Nullable
    String library() {
        return library;
    }

    /** The root package of the library's copy. */
    String root() {
        return root;
    }
}
