package dev.holdfast.weave;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ToyClasses;
import dev.holdfast.weave.ClassConstants.Member;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An adapter's classes are moved with the library, by the names in their constants. */
class RelocationTest {
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

        assertThat(constants.members()).contains(new Member(false, "toylib/Client", "send", "(Ltoylib/Request;)V"));
        assertThat(constants.classes()).contains("toylib/Client", "adapter/Use", "java/lang/Object");
        assertThat(constants.mapped(name -> name)).isEqualTo(classfile);
        ClassConstants after = new ClassConstants(constants.mapped(moved::map));
        assertThat(after.members())
                .contains(new Member(false, "com/vendor/toylib/Client", "send", "(Lcom/vendor/toylib/Request;)V"));
        assertThat(after.classes())
                .contains("com/vendor/toylib/Client", "adapter/Use")
                .doesNotContain("toylib/Client");
    }
}
