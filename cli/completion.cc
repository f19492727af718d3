#include "cli/completion.h"

#include <CLI/Option.hpp>
#include <set>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace journey::cli {
namespace {

// What may follow one command, for example " deals list".
struct Place {
  std::string command;
  std::vector<std::string> words;
  bool files = false;
};

// What may follow one option.
struct ValuePlace {
  // A shell pattern for "COMMAND OPTION"; global options match any command.
  std::string pattern;
  std::vector<std::string> values;
  bool files = false;
};

struct Tree {
  std::vector<std::string> commands;
  std::vector<Place> places;
  std::vector<ValuePlace> values;
};

// The choices of a type named "{a,b,c}"; empty for any other.
std::vector<std::string> ChoicesOf(const CLI::Option& option) {
  std::string text = option.get_type_name();
  if (!absl::StartsWith(text, "{") || !absl::EndsWith(text, "}")) return {};
  std::vector<std::string> choices;
  std::string choice;
  for (const char letter : text.substr(1)) {
    if (letter == ',' || letter == '}') {
      choices.push_back(choice);
      choice.clear();
    } else {
      choice.push_back(letter);
    }
  }
  return choices;
}

std::vector<std::string> NamesOf(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_snames()) {
    names.push_back("-" + name);
  }
  for (const std::string& name : option.get_lnames()) {
    names.push_back("--" + name);
  }
  return names;
}

// `pattern_prefix` matches the commands after which the options are known.
void AddOptions(const CLI::App& app, const std::string& pattern_prefix,
                Place& place, Tree& tree) {
  for (const CLI::Option* option : app.get_options()) {
    const std::vector<std::string> choices = ChoicesOf(*option);
    const bool files = option->get_type_name() == "FILE";
    if (option->get_positional()) {
      place.words.insert(place.words.end(), choices.begin(), choices.end());
      place.files = place.files || files;
    }
    for (const std::string& name : NamesOf(*option)) {
      place.words.push_back(name);
      const bool takes_value = option->get_expected_max() > 0;
      if (!takes_value) continue;
      tree.values.push_back(
          {absl::StrCat(pattern_prefix, "\" ", name, "\""), choices, files});
    }
  }
}

void Walk(const CLI::App& app, const std::string& command,
          const std::vector<std::string>& global_words, Tree& tree) {
  Place place;
  place.command = command;
  for (const CLI::App* inner : app.get_subcommands({})) {
    place.words.push_back(inner->get_name());
  }
  AddOptions(app, command.empty() ? "*" : absl::StrCat("\"", command, "\""),
             place, tree);
  for (const std::string& word : global_words) place.words.push_back(word);
  const std::set<std::string> unique(place.words.begin(), place.words.end());
  const std::vector<std::string> for_all =
      command.empty() ? place.words : global_words;
  place.words.assign(unique.begin(), unique.end());
  tree.places.push_back(place);
  std::vector<std::string> inherited;
  for (const std::string& word : for_all) {
    if (absl::StartsWith(word, "-")) inherited.push_back(word);
  }
  for (const CLI::App* inner : app.get_subcommands({})) {
    const std::string path = absl::StrCat(command, " ", inner->get_name());
    tree.commands.push_back(path);
    Walk(*inner, path, inherited, tree);
  }
}

Tree TreeOf(const CLI::App& root) {
  Tree tree;
  Walk(root, "", {}, tree);
  return tree;
}

std::string QuotedJoin(const std::vector<std::string>& words) {
  return absl::StrCat("\"", absl::StrJoin(words, "\"|\""), "\"");
}

// How a shell offers words and files.
struct Dialect {
  std::string words_before;
  std::string words_after;
  std::string files;
};

std::string Offer(const Dialect& dialect, const std::vector<std::string>& words,
                  bool files) {
  std::string text;
  if (!words.empty()) {
    absl::StrAppend(&text, dialect.words_before, absl::StrJoin(words, " "),
                    dialect.words_after);
  }
  if (files) {
    absl::StrAppend(&text, text.empty() ? "" : "; ", dialect.files);
  }
  return text.empty() ? ":" : text;
}

// The two `case` statements that both shells understand.
std::string Cases(const Tree& tree, const Dialect& dialect) {
  std::string text = "  case \"$cmd $prev\" in\n";
  for (const ValuePlace& value : tree.values) {
    absl::StrAppend(&text, "    (", value.pattern, ") ",
                    Offer(dialect, value.values, value.files), "; return ;;\n");
  }
  absl::StrAppend(&text, "  esac\n  case \"$cmd\" in\n");
  for (const Place& place : tree.places) {
    absl::StrAppend(&text, "    (\"", place.command, "\") ",
                    Offer(dialect, place.words, place.files), " ;;\n");
  }
  return absl::StrCat(text, "  esac\n");
}

std::string CommandCase(const Tree& tree) {
  return absl::StrCat("    case \"$cmd $word\" in\n      (",
                      QuotedJoin(tree.commands),
                      ") cmd=\"$cmd $word\" ;;\n    esac\n");
}

}  // namespace

std::string BashCompletion(const CLI::App& root) {
  const Tree tree = TreeOf(root);
  const Dialect dialect = {"COMPREPLY=($(compgen -W \"", "\" -- \"$cur\"))",
                           "compopt -o default"};
  return absl::StrCat(
      "# bash completion of journeyctl: source <(journeyctl completion "
      "bash)\n"
      "_journeyctl() {\n"
      "  local cur=\"${COMP_WORDS[COMP_CWORD]}\"\n"
      "  local prev=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
      "  local cmd=\"\" word i\n"
      "  COMPREPLY=()\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    word=\"${COMP_WORDS[i]}\"\n",
      CommandCase(tree), "  done\n", Cases(tree, dialect),
      "}\ncomplete -F _journeyctl journeyctl\n");
}

std::string ZshCompletion(const CLI::App& root) {
  const Tree tree = TreeOf(root);
  const Dialect dialect = {"compadd -- ", "", "_files"};
  return absl::StrCat(
      "#compdef journeyctl\n"
      "# zsh completion of journeyctl: source <(journeyctl completion zsh)\n"
      "_journeyctl() {\n"
      "  local prev=\"${words[CURRENT-1]}\"\n"
      "  local cmd=\"\" word\n"
      "  for word in \"${(@)words[2,CURRENT-1]}\"; do\n",
      CommandCase(tree), "  done\n", Cases(tree, dialect),
      "}\n"
      "if [[ \"${funcstack[1]}\" == \"_journeyctl\" ]]; then\n"
      "  _journeyctl \"$@\"\n"
      "else\n"
      "  compdef _journeyctl journeyctl\n"
      "fi\n");
}

}  // namespace journey::cli
