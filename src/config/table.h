#pragma once

#include <concepts>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "config/codec.h"
#include "config/node.h"
#include "config/option.h"
#include "config/problem.h"

namespace millrace::config {

/// The options of a struct T: a row for each, from which come parser, validation, JSON Schema,
/// reference page and the printed configuration. Defaults are those of `T{}`: there is no second
/// list. Built once, as a function's static; then immutable, any thread.
///
///   static const auto kServer = TableOf<Server>("OPC UA server", "…")
///       .text({.key = "url", .sentence = "…", .need = Need::kRequired}, &Server::url)
///       .duration({.key = "timeout_ms", .sentence = "…"}, &Server::timeout, {1, 60000});
template <class T>
class TableOf : public Table {
 public:
  TableOf(std::string title, std::string sentence) : Table(std::move(title), std::move(sentence)) {}

  /// Any text; `limits` are of its length in bytes.
  TableOf& text(Row row, std::string T::* member, Bounds limits = {0, 4096}) {
    return scalar_option(std::move(row), member, text_codec(limits, TextKind::kAny));
  }
  /// A Name of DESIGN §2: [a-z0-9][a-z0-9._-]{0,62}.
  TableOf& name(Row row, std::string T::* member) {
    return scalar_option(std::move(row), member, text_codec({1, 63}, TextKind::kName));
  }
  TableOf& texts(Row row, std::vector<std::string> T::* member, Bounds limits = {0, 4096}) {
    return list_option(std::move(row), member, text_codec(limits, TextKind::kAny));
  }
  /// A text or {en: …, zh: …}; without a language it is stored under "".
  TableOf& titles(Row row, TextMap T::* member) {
    return scalar_option(std::move(row), member, titles_codec());
  }
  template <std::integral I>
  TableOf& integer(Row row, I T::* member, Bounds limits) {
    return scalar_option(std::move(row), member, integer_codec<I>(limits));
  }
  template <class M>  // double, or an optional one
  TableOf& number(Row row, M T::* member, Bounds limits) {
    return scalar_option(std::move(row), member, fitted<M>(number_codec(limits)));
  }
  /// A map of texts, in the order of the file: `{"0": "off", "1": "on"}`.
  TableOf& texts_by_text(Row row, TextsByText T::* member, Bounds limits) {
    return scalar_option(std::move(row), member, texts_by_text_codec(limits));
  }
  TableOf& flag(Row row, bool T::* member) {
    return scalar_option(std::move(row), member, flag_codec());
  }
  /// A number, a flag or a text, as it stands.
  TableOf& plain(Row row, Node T::* member) {
    return scalar_option(std::move(row), member, plain_codec());
  }
  /// A whole number of the unit that the key ends with: _us, _ms, _s, _min, _h or _d.
  template <class M>  // base::Duration, or an optional one
  TableOf& duration(Row row, M T::* member, Bounds limits) {
    auto codec = fitted<M>(duration_codec(row, limits));
    return scalar_option(std::move(row), member, std::move(codec));
  }
  template <class E>
  TableOf& choice(Row row, E T::* member, std::vector<std::pair<std::string, E>> choices) {
    return scalar_option(std::move(row), member, choice_codec<E>(std::move(choices)));
  }
  template <class S>
  TableOf& section(Row row, S T::* member, const TableOf<S>& table) {
    Option option = describe(std::move(row), OptionType::kSection, table);
    option.store = [member, &table](const Node& node, void* target, Problems& problems) {
      table.read(node, &(static_cast<T*>(target)->*member), problems);
    };
    option.show = [member, &table](const void* source, Secrets secrets) {
      return table.show(&(static_cast<const T*>(source)->*member), secrets);
    };
    return add(std::move(option));
  }
  /// A list of sections; `limits` are of its length.
  template <class S>
  TableOf& sections(Row row, std::vector<S> T::* member, const TableOf<S>& table, Bounds limits) {
    Option option = describe(std::move(row), OptionType::kSections, table);
    option.limits = limits;
    option.store = [member, &table, limits](const Node& node, void* target, Problems& problems) {
      auto& items = static_cast<T*>(target)->*member;
      items.clear();
      for (const Node* item : list_items(node, limits, problems)) {
        table.read(*item, &items.emplace_back(), problems);
      }
    };
    option.show = [member, &table](const void* source, Secrets secrets) {
      Node list = list_node();
      for (const S& item : static_cast<const T*>(source)->*member) {
        list.items.push_back(table.show(&item, secrets));
      }
      return list;
    };
    return add(std::move(option));
  }

  /// A list of sections whose table is known at run time only: `read` takes one item of the list
  /// at a time, `show` gives the whole list.
  using ReadItem = std::function<void(const Node& item, T& target, Problems& problems)>;
  TableOf& sections(Row row, const Table& table, Bounds limits, ReadItem read,
                    std::function<Node(const T&, Secrets)> show) {
    Option option = describe(std::move(row), OptionType::kSections, table);
    option.limits = limits;
    option.store = [limits, read = std::move(read)](const Node& node, void* target,
                                                    Problems& problems) {
      for (const Node* item : list_items(node, limits, problems)) {
        read(*item, *static_cast<T*>(target), problems);
      }
    };
    option.show = [show = std::move(show)](const void* source, Secrets secrets) {
      return show(*static_cast<const T*>(source), secrets);
    };
    return add(std::move(option));
  }

  /// The rows and rules of another table as rows of this one, filling a member.
  template <class S>
  TableOf& include(S T::* member, const TableOf<S>& table) {
    for (Option option : table.options()) {
      option.store = [member, store = option.store](const Node& node, void* target,
                                                    Problems& problems) {
        store(node, &(static_cast<T*>(target)->*member), problems);
      };
      option.show = [member, show = option.show](const void* source, Secrets secrets) {
        return show(&(static_cast<const T*>(source)->*member), secrets);
      };
      add(std::move(option));
    }
    for (const Rule& rule : table.rules()) {
      add_rule([member, rule](const void* read, const Node& node, Problems& problems) {
        rule(&(static_cast<const T*>(read)->*member), node, problems);
      });
    }
    return *this;
  }

  /// A rule over several options: what it complains about is reported at the line of `key`.
  using Complaint = config::Complaint;
  TableOf& check(std::function<std::optional<Complaint>(const T&)> rule) {
    add_rule([rule = std::move(rule)](const void* read, const Node& node, Problems& problems) {
      const auto complaint = rule(*static_cast<const T*>(read));
      if (!complaint) return;
      const Node::Entry* entry = node.find(complaint->key);
      problems.push_back({entry ? entry->place : node.place, complaint->what, complaint->hint});
    });
    return *this;
  }

 private:
  TableOf& add(Option option) {
    add_option(std::move(option));
    return *this;
  }

  template <class M>
  TableOf& scalar_option(Row row, M T::* member, Codec<M> codec) {
    Option option = describe(std::move(row), codec.about, codec.show(T{}.*member));
    option.store = [member, codec](const Node& node, void* target, Problems& problems) {
      codec.read(node, static_cast<T*>(target)->*member, problems);
    };
    option.show = [member, codec](const void* source, Secrets) {
      return codec.show(static_cast<const T*>(source)->*member);
    };
    return add(std::move(option));
  }

  template <class M>
  TableOf& list_option(Row row, std::vector<M> T::* member, Codec<M> codec) {
    Option option = describe(std::move(row), codec.about, list_node());
    option.is_list = true;
    option.store = [member, codec](const Node& node, void* target, Problems& problems) {
      auto& items = static_cast<T*>(target)->*member;
      items.clear();
      for (const Node* item : list_items(node, {0, kListMax}, problems)) {
        codec.read(*item, items.emplace_back(), problems);
      }
    };
    option.show = [member, codec](const void* source, Secrets) {
      Node list = list_node();
      for (const M& item : static_cast<const T*>(source)->*member) {
        list.items.push_back(codec.show(item));
      }
      return list;
    };
    return add(std::move(option));
  }
};

}  // namespace millrace::config
