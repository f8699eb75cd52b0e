package dev.holdfast.image;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.cel.bundle.Cel;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import dev.cel.common.types.TypeParamType;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelFunctionBinding;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.zjsonpatch.JsonPatch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs the expressions of a mutating policy on a pod, by an implementation of the Common Expression Language that is
 * not the API server's: with the macros and functions that Kubernetes 1.34 adds to the language, the type
 * {@code JSONPatch}, and {@code Object} with the fields of a pod, which are checked more strictly than there. The
 * resulting JSON Patch is applied as RFC 6902 says. Selectors are not looked at, the cost of an expression is not
 * counted.
 */
final class Admission {
    private static final JsonMapper MAPPER = JsonMapper.shared();
    private static final CelType DYNAMIC = SimpleType.DYN;
    private static final String PATCH = "JSONPatch";
    private static final StructType PATCH_TYPE = struct(
            PATCH,
            ImmutableSet.of("op", "path", "from", "value"),
            name -> name.equals("value") ? DYNAMIC : SimpleType.STRING);

    private static final CelType ELEMENT = TypeParamType.create("T");

    /** A function of lists that Kubernetes adds to the language. */
    private static final CelFunctionDecl LAST_INDEX = CelFunctionDecl.newFunctionDeclaration(
            "lastIndexOf",
            CelOverloadDecl.newMemberOverload("list_last_index_of", SimpleType.INT, ListType.create(ELEMENT), ELEMENT));

    private final Object spec;
    private final Cel cel = CelFactory.plannerCelBuilder()
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .addVar("object", DYNAMIC)
            .addVar("variables", MapType.create(SimpleType.STRING, DYNAMIC))
            .setTypeProvider(new PodTypes())
            .setValueProvider((type, fields) -> Optional.of(new LinkedHashMap<>(fields)))
            .addFunctionDeclarations(LAST_INDEX)
            .addFunctionBindings(CelFunctionBinding.from(
                    "list_last_index_of", List.class, Object.class, (list, value) -> (long) list.lastIndexOf(value)))
            .addCompilerLibraries(CelExtensions.strings(), CelExtensions.comprehensions())
            .addRuntimeLibraries(CelExtensions.strings(), CelExtensions.comprehensions())
            .build();

    /** Takes the expressions of a MutatingAdmissionPolicy, or of a MutatingPolicy of Kyverno. */
    Admission(Map<String, Object> policy) {
        this.spec = Trees.at(policy, "spec");
    }

    /** Returns the pod as it is admitted. */
    Map<String, Object> admit(Map<String, Object> pod) {
        for (Object condition : Trees.list(Trees.at(spec, "matchConditions"))) {
            if (!Boolean.TRUE.equals(
                    evaluate((String) Trees.at(condition, "expression"), SimpleType.BOOL, pod, Map.of()))) {
                return pod;
            }
        }
        Map<String, Object> admitted = pod;
        for (Object mutation : Trees.list(Trees.at(spec, "mutations"))) {
            Map<String, Object> variables = new LinkedHashMap<>();
            for (Object variable : Trees.list(Trees.at(spec, "variables"))) {
                variables.put(
                        (String) Trees.at(variable, "name"),
                        evaluate((String) Trees.at(variable, "expression"), DYNAMIC, admitted, variables));
            }
            String expression = (String) Trees.at(mutation, "jsonPatch", "expression");
            Object patch = evaluate(expression, ListType.create(PATCH_TYPE), admitted, variables);
            admitted = Trees.map(MAPPER.treeToValue(
                    JsonPatch.apply(MAPPER.valueToTree(patch), MAPPER.valueToTree(admitted)), Object.class));
        }
        return admitted;
    }

    private Object evaluate(
            String expression, CelType type, Map<String, Object> object, Map<String, Object> variables) {
        try {
            CelAbstractSyntaxTree tree = cel.compile(expression).getAst();
            if (!type.isAssignableFrom(tree.getResultType())) {
                throw new AssertionError(
                        tree.getResultType().name() + " in place of " + type.name() + ": " + expression);
            }
            return cel.createProgram(tree).eval(Map.of("object", widened(object), "variables", variables));
        } catch (Exception e) {
            throw new AssertionError(expression, e);
        }
    }

    /** Returns a tree with the integers of the language, which have 64 bits. */
    private static Object widened(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> copy = new LinkedHashMap<>();
            map.forEach((name, child) -> copy.put(name.toString(), widened(child)));
            return copy;
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>();
            list.forEach(child -> copy.add(widened(child)));
            return copy;
        }
        return value instanceof Integer number ? (Object) number.longValue() : value;
    }

    private static StructType struct(String name, ImmutableSet<String> fields, FieldTypes types) {
        return StructType.create(
                name, fields, field -> fields.contains(field) ? Optional.of(types.of(field)) : Optional.empty());
    }

    /** The type of a field. */
    @FunctionalInterface
    private interface FieldTypes {
        CelType of(String field);
    }

    /** Types that expressions name: the patch, and each structure within a pod by its path. */
    private static final class PodTypes implements CelTypeProvider {
        @Override
        public ImmutableList<CelType> types() {
            return ImmutableList.of(PATCH_TYPE);
        }

        @Override
        public Optional<CelType> findType(String name) {
            if (name.equals(PATCH)) {
                return Optional.of(PATCH_TYPE);
            }
            List<String> path = List.of(name.split("\\."));
            if (!path.get(0).equals("Object")) {
                return Optional.empty();
            }
            Class<?> model = Models.at(Pod.class, path.subList(1, path.size()));
            if (model == null) {
                return Optional.empty();
            }
            return Optional.of(
                    struct(name, ImmutableSet.copyOf(Models.fields(model).keySet()), field -> DYNAMIC));
        }
    }
}
