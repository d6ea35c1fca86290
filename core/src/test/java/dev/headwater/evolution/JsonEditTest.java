package dev.headwater.evolution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.headwater.MessageSerializer;
import java.math.BigDecimal;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.ObjectNode;

class JsonEditTest {

    private static final JsonMapper MAPPER = MessageSerializer.defaultMapper().build();

    @Test
    void renamesAField() {
        assertThat(edited("{'cust':'c-1','total':1.10}", JsonEdit.rename("cust", "customer")))
                .isEqualTo(json("{'total':1.10,'customer':'c-1'}"));
    }

    @Test
    void addsADefaultOnlyWhereNothingIs() {
        var edit = JsonEdit.setDefault("currency", "GBP");

        assertThat(edited("{}", edit)).isEqualTo(json("{'currency':'GBP'}"));
        assertThat(edited("{'currency':'EUR'}", edit)).isEqualTo(json("{'currency':'EUR'}"));
        assertThat(edited("{'currency':null}", edit)).isEqualTo(json("{'currency':null}"));
    }

    @Test
    void aDefaultKeepsItsScaleAndIsNotShared() {
        var edit = JsonEdit.setDefault("price", Map.of("amount", new BigDecimal("0.00")));

        var first = edited("{}", edit);
        assertThat(first.toString()).isEqualTo("{\"price\":{\"amount\":0.00}}");
        ((ObjectNode) first.get("price")).put("amount", 1);
        assertThat(edited("{}", edit).toString()).isEqualTo("{\"price\":{\"amount\":0.00}}");
    }

    @Test
    void movesAValueIntoAnObjectThatIsMade() {
        assertThat(edited(
                        "{'name':'Ada','city':'London'}",
                        JsonEdit.move("/name", "/person/name").then(JsonEdit.move("/city", "/person/address/city"))))
                .isEqualTo(json("{'person':{'name':'Ada','address':{'city':'London'}}}"));
    }

    @Test
    void movesAValueOutOfAnObject() {
        assertThat(edited("{'person':{'name':'Ada','age':36}}", JsonEdit.move("/person/name", "/name")))
                .isEqualTo(json("{'person':{'age':36},'name':'Ada'}"));
    }

    @Test
    void retypesAField() {
        assertThat(edited("{'quantity':'7'}", JsonEdit.retype("quantity", text -> IntNode.valueOf(text.asInt()))))
                .isEqualTo(json("{'quantity':7}"));
    }

    @Test
    void wrapsAndUnwraps() {
        assertThat(edited("{'customer':'c-1'}", JsonEdit.wrap("customer", "id")))
                .isEqualTo(json("{'customer':{'id':'c-1'}}"));
        assertThat(edited("{'customer':{'id':'c-1'}}", JsonEdit.unwrap("customer", "id")))
                .isEqualTo(json("{'customer':'c-1'}"));
        assertRefused("{'customer':{'id':'c-1','name':'secret'}}", JsonEdit.unwrap("customer", "id"), "'customer'");
    }

    @Test
    void splitsAField() {
        var names = JsonEdit.split("name", name -> {
            var words = name.asString().split(" ", 2);
            return Map.of("first", words[0], "last", words[1]);
        });

        assertThat(edited("{'name':'Ada Lovelace'}", names)).isEqualTo(json("{'first':'Ada','last':'Lovelace'}"));
    }

    @Test
    void makesObjectsOfTheElementsOfAnArray() {
        var edit = JsonEdit.elements("items", item -> JsonEdit.object(Map.of("productId", item)));

        assertThat(edited("{'items':['a','b']}", edit))
                .isEqualTo(json("{'items':[{'productId':'a'},{'productId':'b'}]}"));
        assertRefused("{'items':'secret'}", edit, "'items'", "string", "an array");
    }

    @Test
    void editsWithinObjectsAndArraysOfObjects() {
        var edit = JsonEdit.within("customer", JsonEdit.rename("id", "number"))
                .then(JsonEdit.each("items", JsonEdit.remove("note")));

        assertThat(edited("{'customer':{'id':1},'items':[{'a':1,'note':'x'},{'a':2}]}", edit))
                .isEqualTo(json("{'customer':{'number':1},'items':[{'a':1},{'a':2}]}"));
        assertRefused("{'customer':'secret'}", edit, "'customer'", "an object");
        assertRefused("{'items':['secret']}", edit, "'items'", "an object");
    }

    @Test
    void leavesAFieldAloneThatIsNotThere() {
        var edits = JsonEdit.rename("a", "b")
                .then(JsonEdit.move("/a/b", "/c"))
                .then(JsonEdit.retype("a", value -> value))
                .then(JsonEdit.wrap("a", "b"))
                .then(JsonEdit.unwrap("a", "b"))
                .then(JsonEdit.split("a", value -> Map.of("b", value)))
                .then(JsonEdit.within("a", JsonEdit.remove("b")))
                .then(JsonEdit.each("a", JsonEdit.remove("b")))
                .then(JsonEdit.remove("a"));

        assertThat(edited("{'kept':1}", edits)).isEqualTo(json("{'kept':1}"));
    }

    @Test
    void neverOverwritesWhatIsThere() {
        var taken = "{'a':'secret','b':'secret'}";

        assertRefused(taken, JsonEdit.rename("a", "b"), "'b' is there already");
        assertRefused(taken, JsonEdit.move("/a", "/b"), "'b' is there already");
        assertRefused(taken, JsonEdit.split("a", value -> Map.of("b", value)), "'b' is there already");
        assertRefused(taken, JsonEdit.move("/a", "/b/c"), "'b'", "an object");
    }

    @Test
    void aPointerNamesAField() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JsonEdit.move("", "/a"))
                .withMessageContaining("'/field'");
    }

    private static void assertRefused(String json, JsonEdit edit, String... reasons) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> edited(json, edit))
                .withMessageContainingAll(reasons)
                .satisfies(e -> assertThat(e).hasMessageNotContaining("secret"));
    }

    private static ObjectNode edited(String json, JsonEdit edit) {
        var object = json(json);
        edit.apply(object);
        return object;
    }

    private static ObjectNode json(String json) {
        return (ObjectNode) MAPPER.readTree(json.replace('\'', '"'));
    }
}
