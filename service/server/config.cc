#include "service/server/config.h"

#include <yaml-cpp/yaml.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "service/core/limits.h"
#include "service/server/version.h"

namespace journey::server {
namespace {

constexpr int kMebibytesMax = 1024 * 1024;
constexpr double kHeartbeatSecondsMin = 0.01;
constexpr double kHeartbeatSecondsMax = 3600;

// CLI11 wants an empty string for a good value.
std::string CheckHostPort(const std::string& value) {
  const size_t colon = value.rfind(':');
  int port = -1;
  if (colon == std::string::npos || colon == 0 ||
      !absl::SimpleAtoi(value.substr(colon + 1), &port) || port < 0 ||
      port > 65535) {
    return "\"" + value + "\" is not HOST:PORT, for example 127.0.0.1:50051 " +
           "or [::1]:50051; port 0 takes a free one";
  }
  return "";
}

std::string VersionLine() {
  const std::string revision(Revision());
  return absl::StrCat(
      "journeyd ", Version(),
      revision.empty() ? "" : absl::StrCat(" (", revision, ")"));
}

// One setting: its option and its effective value for --print-config.
struct Setting {
  CLI::Option* option = nullptr;
  std::function<void(YAML::Emitter&)> emit;
};

class Parser {
 public:
  Parser() : app_("The journey service.", "journeyd") {
    app_.set_version_flag("--version", VersionLine());
    file_ = app_.add_option("--config", file_path_,
                            "YAML file with the names of these flags as keys; "
                            "flags and environment come before it")
                ->envname("JOURNEY_CONFIG");
    print_ = app_.add_flag("--print-config",
                           "Print the effective configuration and end");
    AddPlaces();
    AddNumbers();
    AddLogging();
  }

  CommandLine Parse(int argc, const char* const* argv) {
    CommandLine result;
    try {
      app_.parse(argc, argv);
      if (file_->count() > 0) ApplyFile();
      Require();
    } catch (const CLI::ParseError& error) {
      std::ostringstream out;
      std::ostringstream err;
      const int code = app_.exit(error, out, err);
      result.exit = Exit{code == 0 ? 0 : kExitConfig, out.str(), err.str()};
      return result;
    }
    if (print_->count() > 0) result.exit = Exit{0, Print(), ""};
    result.config = config_;
    return result;
  }

 private:
  template <typename Value>
  CLI::Option* Add(const std::string& name, Value* value,
                   const std::string& description) {
    std::string env = "JOURNEY_" + name;
    for (char& c : env) c = c == '-' ? '_' : static_cast<char>(toupper(c));
    CLI::Option* option = app_.add_option("--" + name, *value, description)
                              ->envname(env)
                              ->capture_default_str();
    settings_.push_back({option, [name, value](YAML::Emitter& out) {
                           out << YAML::Key << name << YAML::Value << *value;
                         }});
    return option;
  }

  void AddPlaces() {
    const CLI::Validator host_port(CheckHostPort, "HOST:PORT");
    Add("data-dir", &config_.data_dir,
        "Directory of the event log and the views; made if absent");
    Add("rules", &config_.rules, "YAML file with the rule set; required");
    Add("listen", &config_.listen, "Address of the gRPC API")->check(host_port);
    Add("metrics-listen", &config_.metrics_listen,
        "Address of /metrics; keep it private; \"off\" serves none")
        ->check(host_port | CLI::IsMember({kMetricsOff}));
  }

  void AddNumbers() {
    Add("heartbeat-seconds", &config_.heartbeat_seconds,
        "Longest silence of a subscription, in seconds")
        ->check(CLI::Range(kHeartbeatSecondsMin, kHeartbeatSecondsMax));
    Add("view-cache-mib", &config_.view_cache_mib,
        "Cache for views read from disk, in MiB")
        ->check(CLI::Range(1, kMebibytesMax));
    Add("view-buffer-mib", &config_.view_buffer_mib,
        "Changes of views kept in memory before they are written, in MiB")
        ->check(CLI::Range(1, kMebibytesMax));
  }

  void AddLogging() {
    Add("log-format", &config_.log_format, "Form of the log lines")
        ->check(CLI::IsMember({"text", "json"}));
    Add("log-level", &config_.log_level, "Least level that is logged")
        ->check(CLI::IsMember({"info", "warn", "error", "off"}));
  }

  CLI::Option* Find(const std::string& name) {
    for (const Setting& setting : settings_) {
      if (setting.option->check_lname(name)) return setting.option;
    }
    return nullptr;
  }

  [[noreturn]] void Fail(const YAML::Mark& mark, const std::string& message) {
    const std::string place =
        mark.is_null() ? "" : absl::StrCat(":", mark.line + 1);
    throw CLI::ValidationError("--config", file_path_ + place + ": " + message);
  }

  // Gives each option that neither a flag nor the environment has set its
  // value of the file.
  void ApplyFile() {
    try {
      const YAML::Node root = YAML::LoadFile(file_path_);
      if (root.IsNull()) return;
      if (!root.IsMap()) Fail(root.Mark(), "expected \"key: value\" lines");
      for (const auto& entry : root) ApplyEntry(entry.first, entry.second);
    } catch (const YAML::Exception& error) {
      Fail(error.mark, error.msg);
    }
  }

  void ApplyEntry(const YAML::Node& key, const YAML::Node& value) {
    const std::string& name = key.Scalar();
    CLI::Option* option = Find(name);
    if (option == nullptr) {
      Fail(key.Mark(), "unknown key \"" + name + "\"; see journeyd --help");
    }
    if (!seen_.insert(name).second) {
      Fail(key.Mark(), "\"" + name + "\" stands here for the second time");
    }
    if (!value.IsScalar()) {
      Fail(value.Mark(), "\"" + name + "\" needs a single value");
    }
    if (option->count() > 0) return;
    try {
      option->add_result(value.Scalar());
      option->run_callback();
    } catch (const CLI::ParseError& error) {
      Fail(value.Mark(), error.what());
    }
  }

  void Require() {
    if (print_->count() == 0 && config_.rules.empty()) {
      throw CLI::RequiredError("--rules FILE (or JOURNEY_RULES)");
    }
  }

  std::string Print() const {
    YAML::Emitter out;
    out << YAML::BeginMap;
    for (const Setting& setting : settings_) setting.emit(out);
    out << YAML::EndMap;
    return std::string(out.c_str()) + "\n";
  }

  Config config_;
  std::string file_path_;
  CLI::App app_;
  CLI::Option* file_ = nullptr;
  CLI::Option* print_ = nullptr;
  std::vector<Setting> settings_;
  std::set<std::string> seen_;
};

}  // namespace

CommandLine ParseCommandLine(int argc, const char* const* argv) {
  return Parser().Parse(argc, argv);
}

std::string WithPort(const std::string& host_port, int port) {
  return host_port.substr(0, host_port.rfind(':') + 1) + std::to_string(port);
}

}  // namespace journey::server
