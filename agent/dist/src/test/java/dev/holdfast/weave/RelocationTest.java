package dev.holdfast.weave;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.instrumentation.AdapterContext;
import dev.holdfast.instrumentation.ClientAdapter;
import dev.holdfast.instrumentation.ClientInstrumentation;
import dev.holdfast.instrumentation.JoinPoint;
import dev.holdfast.testkit.ToyClasses;
import dev.holdfast.weave.ClassConstants.Member;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An adapter's classes are moved with the library, by the names in their constants. */
class RelocationTest {
    private static final String WITNESS = "toylib/RelocationTest$Copy";

    private final Relocation moved = new Relocation("toylib", "com/vendor/toylib");

    @ParameterizedTest
    @CsvSource({
        "toylib/Client, com/vendor/toylib/Client",
        "(Ltoylib/Request;I[Ltoylib/Part;)Ltoylib/Response;, "
                + "(Lcom/vendor/toylib/Request;I[Lcom/vendor/toylib/Part;)Lcom/vendor/toylib/Response;",
        "[Ltoylib/Part;, [Lcom/vendor/toylib/Part;",
        "Ljava/util/List<Ltoylib/Part;>;, Ljava/util/List<Lcom/vendor/toylib/Part;>;",
        "toylib.Client, com.vendor.toylib.Client",
        "dev/holdfast/client/toylib/Adapter, dev/holdfast/client/toylib/Adapter",
        "mytoylib/Client, mytoylib/Client",
        "toylib, toylib",
    })
    void names_at_the_beginning_of_a_class_name_are_mapped_and_no_others(String published, String copied) {
        assertThat(moved.map(published)).isEqualTo(copied);
        assertThat(new Relocation("toylib", "toylib").map(published)).isEqualTo(published);
    }

    @Test
    void a_class_file_says_which_members_it_uses_and_can_be_moved() throws IOException {
        byte[] classfile = ToyClasses.using("adapter.Use", "toylib.Client", "send", "(Ltoylib/Request;)V");

        ClassConstants constants = new ClassConstants(classfile);

        assertThat(constants.members(List.of("toylib/")))
                .containsExactly(new Member(false, "toylib/Client", "send", "(Ltoylib/Request;)V"));
        assertThat(constants.members(List.of("toy/", "java/util/"))).isEmpty();
        assertThat(constants.classes(List.of("toylib/", "adapter/"))).contains("toylib/Client", "adapter/Use");
        assertThat(constants.classes(List.of("java/lang/Ob"))).containsExactly("java/lang/Object");
        assertThat(constants.inherits(List.of("java/"))).isTrue();
        assertThat(constants.inherits(List.of("toylib/", "adapter/"))).isFalse();
        assertThat(constants.mapped(name -> name)).isEqualTo(classfile);
        ClassConstants after = new ClassConstants(constants.mapped(moved::map));
        assertThat(after.members(List.of("com/vendor/")))
                .containsExactly(
                        new Member(false, "com/vendor/toylib/Client", "send", "(Lcom/vendor/toylib/Request;)V"));
        assertThat(after.classes(List.of("com/vendor/", "adapter/", "toylib/")))
                .contains("com/vendor/toylib/Client", "adapter/Use")
                .doesNotContain("toylib/Client");
    }

    @Test
    void what_a_copy_brings_along_is_found_by_the_types_of_its_own_methods() throws ClassNotFoundException {
        ClientInstrumentation toys = new Toys() {
            @Override
            public List<Companion> companions() {
                return List.of(
                        new Companion("pieces", "pieces/RelocationTest$Piece", WITNESS, "writeTo"),
                        new Companion("unused", "unused/Thing", WITNESS, "writeTo"));
            }
        };

        Relocations found = Relocations.of(
                new Relocation("toylib", "dev/holdfast/weave"), toys, getClass().getClassLoader());

        assertThat(found.map("(Lpieces/RelocationTest$Piece;Lunused/Thing;)V"))
                .isEqualTo("(Ldev/holdfast/weave/RelocationTest$Piece;Lunused/Thing;)V");
        assertThat(found.packages()).containsExactly("toylib/", "pieces/", "unused/");
        assertThat(found.areMoved()).isTrue();
    }

    /** Declares nothing of interest. */
    private abstract static class Toys implements ClientInstrumentation {
        @Override
        public String name() {
            return "toylib";
        }

        @Override
        public List<JoinPoint> joinPoints() {
            return List.of();
        }

        @Override
        public ClientAdapter adapter(AdapterContext context) {
            return new ClientAdapter() {};
        }
    }

    /** A class that a library brings along. */
    interface Piece {}

    /** The class that shows it. */
    interface Copy {
        void writeTo(Piece piece);
    }
}
