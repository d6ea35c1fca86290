package dev.headwater.postgres.append;

import dev.headwater.postgres.jdbc.JoinedText;
import dev.headwater.postgres.jdbc.Storable;
import dev.headwater.store.AppendCondition;
import dev.headwater.store.EventQuery.Criterion;
import dev.headwater.store.spi.EncodedAppend;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The conditions of a batch, one element per criterion, as the array parameters of {@code append_batch}. */
final class CriterionArrays {

    private static final int PARAMETERS = 5;

    /** Stands for every category but those of reserved streams; NULL stands for every one. */
    private static final String ANY_NOT_RESERVED = "";

    private static final String RESERVED = "$";
    private static final Criterion ANYTHING = new Criterion(Set.of(), Set.of(), Set.of());

    private final List<Integer> owners = new ArrayList<>();
    private final List<Long> after = new ArrayList<>();
    private final List<@Nullable String> types = new ArrayList<>();
    private final List<@Nullable String> categories = new ArrayList<>();
    private final List<@Nullable String> tags = new ArrayList<>();

    CriterionArrays(List<EncodedAppend> appends) {
        for (int i = 0; i < appends.size(); i++) {
            int owner = i + 1;
            appends.get(i).condition().ifPresent(condition -> add(owner, condition));
        }
    }

    private void add(int owner, AppendCondition condition) {
        var criteria = condition.query().anyOf();
        for (var criterion : criteria.isEmpty() ? List.of(ANYTHING) : criteria) {
            var possibleTypes = Storable.possible(criterion.types());
            var possibleCategories = categories(criterion);
            if (possibleTypes.isEmpty() != criterion.types().isEmpty()
                    || possibleCategories.isEmpty() != criterion.categories().isEmpty()) {
                continue; // no event can meet it
            }
            owners.add(owner);
            after.add(condition.after());
            types.add(JoinedText.join(possibleTypes));
            categories.add(
                    criterion.categories().isEmpty() && !criterion.reserved()
                            ? ANY_NOT_RESERVED
                            : JoinedText.join(possibleCategories));
            tags.add(JoinedText.join(criterion.tags()));
        }
    }

    private static List<String> categories(Criterion criterion) {
        return Storable.possible(criterion.categories()).stream()
                .filter(category -> criterion.reserved() || !category.startsWith(RESERVED))
                .toList();
    }

    /** Sets the parameters from {@code first} on, to NULL when there is no condition; returns the index after them. */
    int bind(PreparedStatement statement, int first) throws SQLException {
        if (owners.isEmpty()) {
            for (int i = 0; i < PARAMETERS; i++) {
                statement.setNull(first + i, Types.ARRAY);
            }
        } else {
            bind(statement, first, "int4", owners);
            bind(statement, first + 1, "int8", after);
            bind(statement, first + 2, "text", types);
            bind(statement, first + 3, "text", categories);
            bind(statement, first + 4, "text", tags);
        }
        return first + PARAMETERS;
    }

    private static void bind(PreparedStatement statement, int index, String type, List<?> values) throws SQLException {
        statement.setArray(index, statement.getConnection().createArrayOf(type, values.toArray()));
    }
}
