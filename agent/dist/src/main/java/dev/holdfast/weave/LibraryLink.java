package dev.holdfast.weave;

import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.Handle;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;

/**
 * The class {@code java.net.HoldfastLinker}, by which the woven classes of libraries are linked. Class loaders of
 * applications do not see the package of the bridge, and must not; a class in an exported {@code java} package is seen
 * by all of them. It has one method, which hands on to {@code HoldfastBridge.link}, and gives nobody more than the
 * class that asks has already: it must show its own look-up.
 */
final class LibraryLink {
    static final String PACKAGE = "java.net";

    private static final String NAME = "java/net/HoldfastLinker";
    private static final String METHOD = "link";
    private static final String DESCRIPTOR = "(Ljava/lang/invoke/MethodHandles$Lookup;Ljava/lang/String;"
            + "Ljava/lang/invoke/MethodType;Ljava/lang/String;Ljava/lang/String;I)Ljava/lang/invoke/CallSite;";

    private LibraryLink() {}

    /** Returns the method that links an instruction of a woven method. */
    static Handle bootstrap() {
        return new Handle(Opcodes.H_INVOKESTATIC, NAME, METHOD, DESCRIPTOR, false);
    }

    /**
     * Makes sure that the class is seen: in a woven class that cannot be linked, the method itself would fail.
     *
     * @throws ClassNotFoundException if the loader hides it
     */
    static void checkVisible(ClassLoader loader) throws ClassNotFoundException {
        Class<?> unused = Class.forName(NAME.replace('/', '.'), false, loader);
    }

    /** The class file. Written here, as it is in another package than the classes that are packed for java.base. */
    static byte[] classfile() {
        ClassWriter writer = new ClassWriter(0);
        writer.visit(
                Opcodes.V17,
                Opcodes.ACC_PUBLIC | Opcodes.ACC_FINAL | Opcodes.ACC_SUPER,
                NAME,
                null,
                "java/lang/Object",
                null);
        MethodVisitor link =
                writer.visitMethod(Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC, METHOD, DESCRIPTOR, null, null);
        link.visitCode();
        for (int i = 0; i < 5; i++) {
            link.visitVarInsn(Opcodes.ALOAD, i);
        }
        link.visitVarInsn(Opcodes.ILOAD, 5);
        link.visitMethodInsn(Opcodes.INVOKESTATIC, "sun/net/www/HoldfastBridge", METHOD, DESCRIPTOR, false);
        link.visitInsn(Opcodes.ARETURN);
        link.visitMaxs(6, 6);
        link.visitEnd();
        writer.visitEnd();
        return writer.toByteArray();
    }
}
