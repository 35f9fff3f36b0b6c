import Graft

@main
struct Consumer {
  static func main() {}
}
