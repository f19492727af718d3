#include "cli/config.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "cli/failure.h"

namespace journey::cli {
namespace {

absl::StatusOr<std::string> TextOf(const YAML::Node& node,
                                   const std::string& path) {
  if (!node.IsScalar()) {
    return UsageError(absl::StrCat(path, ": line ", node.Mark().line + 1,
                                   ": a text is expected here"));
  }
  return node.Scalar();
}

absl::Status UnknownKey(const YAML::Node& key, const std::string& path,
                        absl::string_view known) {
  return UsageError(absl::StrCat(path, ": line ", key.Mark().line + 1,
                                 ": unknown key; there are: ", known));
}

absl::StatusOr<Context> ReadContext(const YAML::Node& node,
                                    const std::string& path) {
  Context context;
  if (!node.IsMap()) {
    return UsageError(absl::StrCat(path, ": line ", node.Mark().line + 1,
                                   ": a context has server, tenant, output"));
  }
  for (const auto& entry : node) {
    auto text = TextOf(entry.second, path);
    if (!text.ok()) return text.status();
    const std::string& key = entry.first.Scalar();
    if (key == "server") {
      context.server = *text;
    } else if (key == "tenant") {
      context.tenant = *text;
    } else if (key == "output") {
      context.output = *text;
    } else {
      return UnknownKey(entry.first, path, "server, tenant, output");
    }
  }
  return context;
}

absl::StatusOr<Config> ReadConfig(const YAML::Node& root,
                                  const std::string& path) {
  Config config;
  if (root.IsNull()) return config;
  if (!root.IsMap()) {
    return UsageError(absl::StrCat(path, ": is no YAML mapping"));
  }
  for (const auto& entry : root) {
    const std::string& key = entry.first.Scalar();
    if (key == "current_context") {
      auto text = TextOf(entry.second, path);
      if (!text.ok()) return text.status();
      config.current_context = *text;
    } else if (key == "contexts") {
      for (const auto& named : entry.second) {
        auto context = ReadContext(named.second, path);
        if (!context.ok()) return context.status();
        config.contexts.emplace_back(named.first.Scalar(), *std::move(context));
      }
    } else {
      return UnknownKey(entry.first, path, "current_context, contexts");
    }
  }
  return config;
}

void Emit(YAML::Emitter& out, const char* key, const std::string& value) {
  if (!value.empty()) out << YAML::Key << key << YAML::Value << value;
}

std::string ToYaml(const Config& config) {
  YAML::Emitter out;
  out << YAML::BeginMap;
  Emit(out, "current_context", config.current_context);
  out << YAML::Key << "contexts" << YAML::Value << YAML::BeginMap;
  for (const auto& [name, context] : config.contexts) {
    out << YAML::Key << name << YAML::Value << YAML::BeginMap;
    Emit(out, "server", context.server);
    Emit(out, "tenant", context.tenant);
    Emit(out, "output", context.output);
    out << YAML::EndMap;
  }
  out << YAML::EndMap << YAML::EndMap;
  return absl::StrCat(out.c_str(), "\n");
}

}  // namespace

const Context* Config::Find(const std::string& name) const {
  for (const auto& [known, context] : contexts) {
    if (known == name) return &context;
  }
  return nullptr;
}

Context& Config::At(const std::string& name) {
  for (auto& [known, context] : contexts) {
    if (known == name) return context;
  }
  return contexts.emplace_back(name, Context()).second;
}

bool Config::Remove(const std::string& name) {
  const auto named =
      std::find_if(contexts.begin(), contexts.end(),
                   [&name](const auto& entry) { return entry.first == name; });
  if (named == contexts.end()) return false;
  contexts.erase(named);
  return true;
}

std::string ConfigPath(const Environment& environment) {
  std::string path = environment.Variable("JOURNEYCTL_CONFIG");
  if (!path.empty()) return path;
  path = environment.Variable("XDG_CONFIG_HOME");
  if (path.empty()) path = environment.Variable("HOME") + "/.config";
  return path + "/journeyctl/config.yaml";
}

absl::StatusOr<Config> LoadConfig(const std::string& path) {
  std::ifstream file(path);
  if (!file) {
    std::error_code error;
    if (!std::filesystem::exists(path, error)) return Config();
    return LocalError(absl::StrCat(path, ": cannot be read"));
  }
  try {
    return ReadConfig(YAML::Load(file), path);
  } catch (const YAML::Exception& exception) {
    return UsageError(absl::StrCat(path, ": line ", exception.mark.line + 1,
                                   ": ", exception.msg));
  }
}

absl::Status SaveConfig(const std::string& path, const Config& config) {
  std::error_code error;
  const auto folder = std::filesystem::path(path).parent_path();
  if (!folder.empty()) std::filesystem::create_directories(folder, error);
  return ReplaceFile(path, ToYaml(config));
}

absl::Status ReplaceFile(const std::string& path, const std::string& content) {
  const std::string draft = path + ".new";
  std::ofstream file(draft, std::ios::binary | std::ios::trunc);
  file << content;
  file.close();
  std::error_code error;
  if (file) std::filesystem::rename(draft, path, error);
  if (!file || error) {
    return LocalError(absl::StrCat(path, ": cannot be written"));
  }
  return absl::OkStatus();
}

}  // namespace journey::cli
