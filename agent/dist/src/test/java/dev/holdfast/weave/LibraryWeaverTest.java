package dev.holdfast.weave;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.instrumentation.AdapterContext;
import dev.holdfast.instrumentation.ClientInstrumentation;
import dev.holdfast.toy.adapter.ToyInstrumentation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests which classes of libraries are woven, and of which the user is told. */
class LibraryWeaverTest {
    private static final String REQUEST = "/ToyRequest;)L";

    private final List<String> reports = new ArrayList<>();
    private boolean off;

    @Test
    void a_class_with_the_name_and_the_shape_is_woven_wherever_it_was_moved() {
        assertThat(woven(Opcodes.V1_7, "com/example/toylib", "com/example/toylib"))
                .isTrue();
        assertThat(woven(Opcodes.V17, "shaded/toys", "shaded/toys")).isTrue();
        assertThat(reports).isEmpty();
    }

    @Test
    void a_class_that_has_the_end_of_the_name_by_chance_is_none_of_the_library() {
        assertThat(woven(Opcodes.V17, "org/other", "com/example/toylib")).isFalse();
        assertThat(reports).isEmpty();
    }

    @Test
    void the_library_without_the_method_is_left_alone_and_reported_once() {
        for (int i = 0; i < 3; i++) {
            assertThat(woven(Opcodes.V17, "com/example/toylib", "com/example/other"))
                    .isFalse();
        }
        assertThat(reports)
                .containsExactly("toylib in the class loader of com.example.toylib.impl.RealClient lacks method"
                        + " com/example/toylib/impl/RealClient.execute: its calls run without policies"
                        + " (supported: 1.0 to 2.0)");
    }

    @Test
    void class_files_of_java_5_and_6_are_woven_without_what_they_cannot_hold() {
        for (int version : new int[] {Opcodes.V1_5, Opcodes.V1_6}) {
            byte[] woven = weave(version, "com/example/toylib", "com/example/toylib");

            assertThat(woven).isNotNull();
            assertThat(constantPool(woven)).doesNotContain("BootstrapMethods").contains("java/net/HoldfastLinker");
            assertThat(constantPool(woven).contains("StackMap")).isEqualTo(version == Opcodes.V1_6);
        }
        assertThat(reports).isEmpty();
    }

    @Test
    void older_class_files_are_left_alone_and_reported() {
        assertThat(woven(Opcodes.V1_4, "com/example/toylib", "com/example/toylib"))
                .isFalse();
        assertThat(reports).singleElement().asString().contains("lacks class files of Java 5 or newer");
    }

    @Test
    void a_library_that_is_switched_off_is_left_alone_without_a_word() {
        off = true;

        assertThat(woven(Opcodes.V17, "com/example/toylib", "com/example/toylib"))
                .isFalse();
        assertThat(woven(Opcodes.V17, "com/example/toylib", "com/example/other"))
                .isFalse();
        assertThat(reports).isEmpty();
    }

    private static String constantPool(byte[] classfile) {
        return new String(classfile, StandardCharsets.ISO_8859_1);
    }

    private boolean woven(int version, String root, String typesRoot) {
        return weave(version, root, typesRoot) != null;
    }

    /** Weaves a client in one root package with types of another. */
    private byte @Nullable [] weave(int version, String root, String typesRoot) {
        String name = root + ToyInstrumentation.WATCHED;
        ClassWriter writer = new ClassWriter(0);
        writer.visit(version, Opcodes.ACC_PUBLIC, name, null, "java/lang/Object", null);
        MethodVisitor execute = writer.visitMethod(
                Opcodes.ACC_PUBLIC, "execute", "(L" + typesRoot + REQUEST + typesRoot + "/ToyResponse;", null, null);
        execute.visitCode();
        execute.visitInsn(Opcodes.ACONST_NULL);
        execute.visitInsn(Opcodes.ARETURN);
        execute.visitMaxs(1, 2);
        execute.visitEnd();
        writer.visitEnd();
        return LibraryWeaver.weave(name, writer.toByteArray(), null, new Toys(), (what, cause) -> reports.add(what));
    }

    private final class Toys implements Adapters {
        @Override
        public List<ClientInstrumentation> clients() {
            return List.of(new ToyInstrumentation());
        }

        @Override
        public boolean isOff(ClientInstrumentation client) {
            return off;
        }

        @Override
        public @Nullable AdapterContext context(ClientInstrumentation client) {
            return null;
        }
    }
}
